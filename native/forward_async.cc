#include "forward_async.h"

#include <algorithm>
#include <utility>

#include "scratch.h"

namespace fixed_classifier {
namespace {

class ForwardWorker : public Napi::AsyncWorker {
 public:
  ForwardWorker(napi_env env, AsyncForward call, KeptArrays kept)
      : AsyncWorker(Napi::Env(env), "fixed-classifier:forward"),
        call_(std::move(call)),
        kept_(std::move(kept)) {
    napi_create_promise(env, &deferred_, &promise_);
  }

  // Valid only until the call that made the worker returns.
  napi_value promise() const { return promise_; }

 protected:
  void Execute() override {
    const Head& head = call_.data->head;
    Scratch scratch;
    if (!scratch.reserve(call_.data->scratch_bytes)) return SetError(kNoMemory);
    for (size_t r = 0; r < call_.rows; r += kChunkRows) {
      // JavaScript writes to it meanwhile. std::atomic_ref is missing in libc++ before 19.
      if (__atomic_load_n(call_.cancelled, __ATOMIC_RELAXED)) return;
      call_.kernels->forward(head, call_.parameters, call_.x.from(r * head.features),
                             std::min(kChunkRows, call_.rows - r), call_.logits + r * head.classes,
                             scratch.get());
    }
  }
  // Both fail when the environment, a worker thread mostly, is ending: then there is nobody left to tell, and
  // nothing to be thrown.
  void OnOK() override { napi_resolve_deferred(Env(), deferred_, Env().Undefined()); }
  void OnError(const Napi::Error& error) override { napi_reject_deferred(Env(), deferred_, error.Value()); }

 private:
  AsyncForward call_;
  KeptArrays kept_;
  napi_deferred deferred_ = nullptr;
  napi_value promise_ = nullptr;
};

}  // namespace

napi_value start_forward(napi_env env, AsyncForward call, KeptArrays kept) {
  auto* worker = new ForwardWorker(env, std::move(call), std::move(kept));
  const napi_value promise = worker->promise();
  worker->Queue();  // which also frees it, when it is done
  return promise;
}

}  // namespace fixed_classifier
