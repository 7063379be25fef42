# What node-gyp would add: its own settings are for the machine that builds.
{
  "target_defaults": {
    "type": "loadable_module",
    "default_configuration": "Release",
    "configurations": {"Release": {}}
  }
}
