{
  # The addon of the benchmarks, no part of the package: the limit of the machine, and the package's kernels in a loop of C++.
  "includes": ["../../native/kernels.gypi"],
  "targets": [
    {
      "target_name": "fixed_classifier_benchmark",
      "sources": [
        "addon.cc", "limits.cc", "limits/scalar.cc", "timing.cc",
        "../../native/dispatch.cc", "../../native/targets/scalar.cc"
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
      "conditions": [
        ["target_arch == 'x64'", {
          "dependencies": [
            "limit_avx512", "limit_avx2", "limit_sse2",
            "kernels_avx512", "kernels_avx2", "kernels_sse2"
          ]
        }],
        ["target_arch == 'arm64'", {"sources": ["limits/neon.cc", "../../native/targets/neon.cc"]}]
      ]
    }
  ],
  "conditions": [
    ["target_arch == 'x64'", {
      "targets": [
        {
          "target_name": "limit_avx512",
          "type": "static_library",
          "sources": ["limits/avx512.cc"],
          "cflags": ["-mavx512f", "-mavx512dq", "-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CFLAGS": ["-mavx512f", "-mavx512dq", "-mavx2", "-mfma"]},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["-mavx512f", "-mavx512dq", "-mavx2", "-mfma"]}}
        },
        {
          "target_name": "limit_avx2",
          "type": "static_library",
          "sources": ["limits/avx2.cc"],
          "cflags": ["-mavx2", "-mfma"],
          "xcode_settings": {"OTHER_CFLAGS": ["-mavx2", "-mfma"]},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["-mavx2", "-mfma"]}}
        },
        {
          "target_name": "limit_sse2",
          "type": "static_library",
          "sources": ["limits/sse2.cc"]
        }
      ]
    }]
  ]
}
