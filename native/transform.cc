#include "transform.h"

#include "arguments.h"

namespace fixed_classifier {
namespace {

// A transform of one array.
struct Plan {
  const Kernels* kernels;
  napi_typedarray_type type = napi_uint8_array;
  void* data = nullptr;
  size_t row_length = 0;
  size_t rows = 0;
  double factor = 1;

  void run() const {
    switch (type) {
      case napi_float32_array:
        return kernels->fwht_f32(static_cast<float*>(data), row_length, rows, static_cast<float>(factor));
      case napi_float64_array:
        return kernels->fwht_f64(static_cast<double*>(data), row_length, rows, factor);
      default:
        return kernels->fwht_i32(static_cast<int32_t*>(data), row_length, rows,
                                 factor == 1 ? 0 : __builtin_ctzll(row_length));
    }
  }
};

template <class T>
size_t take(Arguments& arguments, Plan& plan) {
  const Array<T> x = arguments.array<T>();
  plan.data = x.data;
  return x.length;
}

bool read_plan(Arguments& arguments, Plan& plan) {
  plan.type = arguments.type_of_next();
  size_t length;
  switch (plan.type) {
    case napi_float64_array:
      length = take<double>(arguments, plan);
      break;
    case napi_int32_array:
      length = take<int32_t>(arguments, plan);
      break;
    default:
      length = take<float>(arguments, plan);
  }
  plan.row_length = arguments.size();
  plan.factor = arguments.number();
  const bool power_of_two = plan.row_length > 0 && (plan.row_length & (plan.row_length - 1)) == 0;
  if (!arguments.check(power_of_two && length % plan.row_length == 0)) return false;
  plan.rows = length / plan.row_length;
  return true;
}

napi_value fwht(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Plan plan{arguments.data<const Kernels*>()};
  if (read_plan(arguments, plan)) plan.run();
  return nullptr;
}

// Keeps the array alive as long as the function that transforms it.
struct Held {
  Plan plan;
  Napi::Reference<Napi::Value> array;
};

napi_value run_held(napi_env env, napi_callback_info info) {
  void* data;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  static_cast<Held*>(data)->plan.run();
  return nullptr;
}

napi_value plan(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Held held{{arguments.data<const Kernels*>()}, {}};
  Arguments again(env, info);
  held.array = Napi::Reference<Napi::Value>::New(Napi::Value(env, again.value()), 1);
  if (!read_plan(arguments, held.plan)) return nullptr;
  return make_function(env, "transform", run_held, std::move(held));
}

}  // namespace

void add_transform(Napi::Object object, const Kernels* kernels) {
  const Napi::Env env = object.Env();
  object.Set("fwht", Napi::Value(env, make_function(env, "fwht", fwht, kernels)));
  object.Set("plan", Napi::Value(env, make_function(env, "plan", plan, kernels)));
}

}  // namespace fixed_classifier
