#pragma once
// One worker object a running task, used again by the next one. Thread safety: `take` may be called
// from any thread.

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "identity/pair_comparer.hpp"
#include "identity/pair_scorer.hpp"

namespace emptor::detail {

template <class Worker, class Make>
class WorkerPool {
 public:
  explicit WorkerPool(Make make) : make_(std::move(make)) {}

  /// The worker until this ends.
  class Lease {
   public:
    Lease(WorkerPool& pool, std::unique_ptr<Worker> worker)
        : pool_(pool), worker_(std::move(worker)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(worker_)); }
    [[nodiscard]] Worker* operator->() const noexcept { return worker_.get(); }
    [[nodiscard]] Worker& operator*() const noexcept { return *worker_; }

   private:
    WorkerPool& pool_;
    std::unique_ptr<Worker> worker_;
  };

  [[nodiscard]] Lease take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return Lease(*this, make_());
    std::unique_ptr<Worker> worker = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(worker));
  }

 private:
  void give_back(std::unique_ptr<Worker> worker) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(worker));
  }

  Make make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

struct MakeComparer {
  const ComparedRecords& records;
  std::unique_ptr<PairComparer> operator()() const {
    return std::make_unique<PairComparer>(records);
  }
};
struct MakeScorer {
  const ComparedRecords& records;
  const ScoreTables& tables;
  std::unique_ptr<PairScorer> operator()() const {
    return std::make_unique<PairScorer>(records, tables);
  }
};
using ComparerPool = WorkerPool<PairComparer, MakeComparer>;
using ScorerPool = WorkerPool<PairScorer, MakeScorer>;

}  // namespace emptor::detail
