#include "rotation.h"

#include <cmath>
#include <cstring>

#include "arguments.h"

namespace fixed_classifier {
namespace {

// A rotation and what it runs on. The masks lie behind it in its record, which keeps the factors alive.
struct RunnableRotation {
  Executor executor;
  Rotation rotation;

  // How many additions a row takes.
  double additions() const {
    const Rotation& r = rotation;
    const size_t power = r.factor ? r.order / r.factor->order : r.order;
    const size_t stages = (r.factor ? r.factor->order / kFactorGroup : 0) + __builtin_ctzll(power);
    const size_t transforms = r.order < r.length ? 2 : 1;
    return static_cast<double>(r.rounds) * (r.length + transforms * r.order * stages);
  }

  void run(float* x, size_t rows, bool inverse) const {
    const int threads = executor.threads_for(additions() * rows);
    const size_t tasks = tasks_of(rows, rotation.length, threads);
    run_parallel(threads, tasks, [&](size_t task, int) {
      const size_t first = rows * task / tasks;
      const size_t end = rows * (task + 1) / tasks;
      executor.kernels->rotate(rotation, x + first * rotation.length, end - first, inverse);
    });
  }
};

bool is_power_of_two(size_t n) { return n > 0 && (n & (n - 1)) == 0; }

// Whether a kernel stays inside its rows and its masks, of which there are so many words.
bool is_possible(const Rotation& r, size_t words) {
  size_t power = r.order;
  if (r.factor) {
    const size_t b = r.factor->order;
    if (!r.transposed || r.transposed->order != b || r.order != r.length || r.order % b != 0) return false;
    power = r.order / b;
  }
  // Two transforms cover a row that is longer than one.
  const bool covered = r.order <= r.length && r.length - r.order < r.order;
  const size_t words_of_round = (r.order < r.length ? 3 : 1) * ((r.order + 31) / 32);
  return is_power_of_two(power) && covered && r.rounds > 0 && words % r.rounds == 0 &&
         words / r.rounds == words_of_round;
}

constexpr size_t kRotationArity = 6;

napi_value make_rotation(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kRotationArity);
  RunnableRotation made{arguments.data<Executor>(), {}};
  Rotation& r = made.rotation;
  r.length = arguments.size();
  r.order = arguments.size();
  r.rounds = arguments.size();
  const TypedArray<uint32_t> masks = arguments.array<uint32_t>();
  r.factor = arguments.optional_record<KroneckerFactor>();
  r.transposed = arguments.optional_record<KroneckerFactor>();
  if (!arguments.check(is_possible(r, masks.length))) return nullptr;
  r.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(r.order)));
  r.scale_of_halves = static_cast<float>(1 / std::sqrt(2 * static_cast<double>(r.order)));

  const size_t bytes = masks.length * sizeof(uint32_t);
  const auto [record, rotation, tail] = make_record(env, made, bytes);
  if (rotation == nullptr) return nullptr;
  rotation->rotation.masks = static_cast<const uint32_t*>(memcpy(tail, masks.data, bytes));
  keep_alive(env, record, {arguments.value(kRotationArity - 2), arguments.value(kRotationArity - 1)});
  return record;
}

// A rotation of the rows of one array.
struct RotationPlan {
  const RunnableRotation* rotation = nullptr;
  float* x = nullptr;
  size_t rows = 0;
  bool inverse = false;

  void run() const { rotation->run(x, rows, inverse); }
};

// Reads (x, rotation, inverse).
bool read_plan(Arguments& arguments, RotationPlan& plan) {
  const TypedArray<float> x = arguments.array<float>();
  const RunnableRotation* rotation = arguments.record<RunnableRotation>();
  const size_t inverse = arguments.size();
  if (!arguments.check(rotation && x.length % rotation->rotation.length == 0 && inverse <= 1)) return false;
  plan = {rotation, x.data, x.length / rotation->rotation.length, inverse == 1};
  return true;
}

constexpr size_t kRotateArity = 3;

napi_value rotate(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kRotateArity);
  RotationPlan plan;
  if (read_plan(arguments, plan)) plan.run();
  return nullptr;
}

napi_value make_plan(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kRotateArity);
  RotationPlan plan;
  if (!read_plan(arguments, plan)) return nullptr;
  const napi_value record = make_record(env, plan).object;
  if (record != nullptr) keep_alive(env, record, {arguments.value(0), arguments.value(1)});
  return record;
}

constexpr size_t kRunArity = 1;

napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[kRunArity];
  size_t count = kRunArity;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const RotationPlan* plan = plan_of<RotationPlan>(env, arguments[0]);
  if (plan == nullptr) return throw_misfit(env);
  plan->run();
  return nullptr;
}

constexpr FunctionEntry kFunctions[] = {
    {"rotation", kRotationArity, make_rotation},
    {"rotate", kRotateArity, rotate},
    {"planRotation", kRotateArity, make_plan},
};

}  // namespace

const FunctionEntry kRunRotation = {"runRotation", kRunArity, run};
FunctionEntries rotation_functions() { return kFunctions; }

void add_rotation(napi_env env, napi_value object, const Executor& executor) {
  for (const FunctionEntry& entry : kFunctions) add_function(env, object, entry, executor);
}

void add_run_rotation(napi_env env, napi_value object) { add_function(env, object, kRunRotation, nullptr); }

}  // namespace fixed_classifier
