// Where two threads run: on a core each or on the two hardware threads of one, near each other or far. The
// host of a virtual machine decides that anew several times a second.
#pragma once

#include "limits.h"

namespace fixed_classifier {

struct Cores {
  double alone;       // additions of elements a second of this thread, the other waiting
  double together;    // of the slower of two threads that add at the same time
  double round_trip;  // nanoseconds for a word to the other thread and back
};

Cores cores(const Limits& limits);

}  // namespace fixed_classifier
