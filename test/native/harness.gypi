{
  # Programs that test the kernels and the pool without Node.js, with the libraries that the addon is made of: scripts/harness.js.
  "variables": {"harness%": 0},
  "conditions": [
    ["harness == 1", {
      "targets": [
        {
          "target_name": "harness_kernels",
          "type": "executable",
          "sources": [
            "arrays.cc", "context.cc", "decode.cc", "head.cc", "heads.cc", "kernels.cc", "main.cc", "memory.cc", "rotation.cc", "round.cc",
            "transform.cc",
            "<@(kernel_files)"
          ],
          "dependencies": ["<@(kernel_libraries)"]
        },
        {
          "target_name": "harness_pool",
          "type": "executable",
          "sources": ["context.cc", "main.cc", "pool.cc", "../../native/pool.cc"],
          "ldflags": ["-pthread"],
          "libraries": ["-ldl"]
        }
      ]
    }]
  ]
}
