{
  # The addon of the benchmarks, no part of the package: the limit of the machine, and the package's kernels in a loop of C++.
  "variables": {"beside_dir": "limits"},
  "includes": ["../../native/kernels.gypi"],
  "targets": [
    {
      "target_name": "fixed_classifier_benchmark",
      "sources": ["addon.cc", "caches.cc", "cores.cc", "limits.cc", "limits/scalar.cc", "model.cc", "peer.cc", "timing.cc", "<@(kernel_files)"],
      "dependencies": ["<@(kernel_libraries)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
      "conditions": [["target_arch == 'arm64'", {"sources": ["limits/neon.cc"]}]]
    }
  ]
}
