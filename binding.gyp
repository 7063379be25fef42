{
  "includes": ["native/kernels.gypi", "test/native/harness.gypi"],
  "targets": [
    {
      "target_name": "fixed_classifier",
      "sources": [
        "native/addon.cc", "native/columns.cc", "native/decode.cc", "native/factor.cc", "native/forward_async.cc", "native/head.cc",
        "native/head_loss.cc", "native/head_table.cc", "native/pool.cc", "native/rotation.cc", "native/round.cc", "native/transform.cc", "<@(kernel_files)"
      ],
      "dependencies": ["<@(kernel_libraries)"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": [
        # An addon beside JavaScript of another version is not used.
        "FIXED_CLASSIFIER_VERSION=\"<!(node -p \"require('./package.json').version\")\"",
        "NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED",
        # A worker thread may be ended in the middle of any call: then nothing can be thrown, which without this ends the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ]
    }
  ]
}
