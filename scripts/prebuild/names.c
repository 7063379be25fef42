/* Where the C++ library says that an exception was not caught it wants to name its type as in the source. That takes 150 kB of code for a message that
   nobody reads: the addon throws no exceptions. With this the type keeps its short name. */
#include <stddef.h>

__attribute__((visibility("hidden"))) char* __cxa_demangle(const char* name, char* out, size_t* length, int* status) {
  (void)name, (void)out, (void)length;
  if (status != NULL) *status = -1;
  return NULL;
}
