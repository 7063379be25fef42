{
  # The kernels, for whatever is made of them: the addon, the programs of test/native, and the addon of the benchmarks. It depends on
  # `kernel_libraries` and has `kernel_files` among its sources.
  "variables": {
    # A folder with one more file for every instruction set, which is compiled like the kernels of that set; empty: none.
    "beside_dir%": "",
    "kernel_libraries": [],
    "kernel_files": ["cpu.cc", "dispatch.cc", "paley.cc"],
    "conditions": [
      ["target_arch == 'x64'", {
        "kernel_libraries": ["kernels_avx512", "kernels_avx2", "kernels_sse2", "kernels_scalar"]
      }],
      # Every arm64 has NEON, so it needs no flags of its own.
      ["target_arch == 'arm64'", {"kernel_files": ["targets/neon.cc"], "kernel_libraries": ["kernels_scalar"]}],
      ["target_arch not in ['x64', 'arm64']", {"kernel_files": ["targets/scalar.cc"]}]
    ],
    # Flags that the same bits on every instruction set rest on: no contraction into fused multiply-adds, wrapping integers. The
    # warnings that are off come from the compiler's own AVX-512 header.
    "kernel_flags": [
      "-std=c++20", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fwrapv",
      "-Wall", "-Wextra", "-Wno-uninitialized", "-Wno-maybe-uninitialized", "-fvisibility=hidden"
    ]
  },
  "target_defaults": {
    "cflags!": ["-O2"],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["<@(kernel_flags)", "-fno-exceptions", "-fno-rtti"],
    "xcode_settings": {
      "GCC_OPTIMIZATION_LEVEL": "3",
      "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
      "MACOSX_DEPLOYMENT_TARGET": "11.0",
      "OTHER_CPLUSPLUSFLAGS": ["-ffp-contract=off", "-fno-math-errno", "-fwrapv"]
    },
    # The kernels are written for GCC and Clang.
    "msbuild_toolset": "ClangCL",
    "msvs_settings": {
      "VCCLCompilerTool": {"AdditionalOptions": ["-std:c++20", "-clang:-O3", "-clang:-ffp-contract=off", "-clang:-fwrapv"]}
    }
  },
  # One library an instruction set, each with its own flags; nothing else may be compiled with them.
  "conditions": [
    ["target_arch == 'x64'", {
      "targets": [
        {
          "target_name": "kernels_avx512",
          "type": "static_library",
          "sources": ["targets/avx512.cc"],
          "conditions": [["beside_dir != ''", {"sources": ["<(beside_dir)/avx512.cc"]}]],
          "cflags": ["-mavx512f", "-mavx512dq", "-mfma"],
          "xcode_settings": {"OTHER_CFLAGS": ["-mavx512f", "-mavx512dq", "-mfma"]},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["-mavx512f", "-mavx512dq", "-mfma"]}}
        },
        {
          "target_name": "kernels_avx2",
          "type": "static_library",
          "sources": ["targets/avx2.cc"],
          "conditions": [["beside_dir != ''", {"sources": ["<(beside_dir)/avx2.cc"]}]],
          "cflags": ["-mavx2", "-mfma", "-mf16c"],
          "xcode_settings": {"OTHER_CFLAGS": ["-mavx2", "-mfma", "-mf16c"]},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["-mavx2", "-mfma", "-mf16c"]}}
        },
        {
          # -O3 makes it a third larger, and no faster.
          "target_name": "kernels_sse2",
          "type": "static_library",
          "sources": ["targets/sse2.cc"],
          "conditions": [["beside_dir != ''", {"sources": ["<(beside_dir)/sse2.cc"]}]],
          "cflags_cc": ["-O2"],
          "xcode_settings": {"GCC_OPTIMIZATION_LEVEL": "2"},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["-clang:-O2"]}}
        }
      ]
    }],
    ["target_arch in ['x64', 'arm64']", {
      "targets": [
        {
          # Where every CPU has a better one this is for comparisons, so it is made small: half of the size.
          "target_name": "kernels_scalar",
          "type": "static_library",
          "sources": ["targets/scalar.cc"],
          "cflags_cc": ["-Os"],
          "xcode_settings": {"GCC_OPTIMIZATION_LEVEL": "s"},
          "msvs_settings": {"VCCLCompilerTool": {"AdditionalOptions": ["-clang:-Os"]}}
        }
      ]
    }]
  ]
}
