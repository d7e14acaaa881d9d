#include "emptor/core/thread_pool.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor {
namespace {

/// One call of `run`; stands on the stack of its caller.
struct Job {
  Job(std::size_t count, FunctionRef<void(std::size_t)> function) : tasks(count), task(function) {}

  /// Takes tasks until none are left or one has failed. Since tasks are taken in order, every task
  /// below a failed one has been started, so the lowest failure does not depend on timing.
  void work() {
    while (!failed.load(std::memory_order_relaxed)) {
      const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= tasks) return;
      try {
        task(i);
      } catch (...) {
        failed.store(true, std::memory_order_relaxed);
        const std::lock_guard lock(error_mutex);
        if (!error || i < failed_task) {
          error = std::current_exception();
          failed_task = i;
        }
      }
    }
  }

  const std::size_t tasks;
  const FunctionRef<void(std::size_t)> task;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex error_mutex;
  std::exception_ptr error;
  std::size_t failed_task = 0;
  std::size_t helpers = 0;  // workers inside `work`; guarded by the pool's mutex
};

/// The pool whose task this thread is executing.
thread_local const void* current_pool = nullptr;

class InsideTask {
 public:
  explicit InsideTask(const void* pool) : before_(current_pool) { current_pool = pool; }
  InsideTask(const InsideTask&) = delete;
  InsideTask& operator=(const InsideTask&) = delete;
  ~InsideTask() { current_pool = before_; }

 private:
  const void* before_;
};

std::size_t wanted_threads(std::size_t threads) {
  constexpr std::size_t most = 1024;
  require_option(threads <= most, "threads", "at most 1024", threads);
  if (threads != 0) return threads;
  const std::size_t hardware = std::thread::hardware_concurrency();
  return hardware == 0 ? 1 : hardware < most ? hardware : most;
}

}  // namespace

class ThreadPool::Workers {
 public:
  explicit Workers(std::size_t count) {
    threads_.reserve(count);
    try {
      for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      const std::size_t started = threads_.size();
      shut_down();
      throw Exception(ErrorCode::unsupported,
                      text("the system started ", started, " of ", count, " threads"),
                      "ThreadPool");
    }
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { shut_down(); }

  [[nodiscard]] std::size_t count() const noexcept { return threads_.size(); }

  void run(Job& job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(&job);
    }
    if (job.tasks - 1 < threads_.size()) {
      for (std::size_t i = 1; i < job.tasks; ++i) wake_.notify_one();
    } else {
      wake_.notify_all();
    }
    {
      const InsideTask inside(this);
      job.work();
    }
    std::unique_lock lock(mutex_);
    withdraw(job);
    idle_.wait(lock, [&job] { return job.helpers == 0; });
  }

 private:
  void serve() {
    const InsideTask inside(this);
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) return;
      Job& job = *jobs_.front();
      ++job.helpers;
      lock.unlock();
      job.work();
      lock.lock();
      withdraw(job);
      if (--job.helpers == 0) idle_.notify_all();
    }
  }
  /// Takes a job without open tasks from the list; needs the mutex.
  void withdraw(const Job& job) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (jobs_[i] == &job) {
        jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
        return;
      }
    }
  }
  void shut_down() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::mutex mutex_;
  std::condition_variable wake_;  // a job came, or the end
  std::condition_variable idle_;  // a worker left a job
  std::vector<Job*> jobs_;        // with open tasks, oldest first
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

ThreadPool::ThreadPool(std::size_t threads)
    : workers_(std::make_unique<Workers>(wanted_threads(threads) - 1)) {}

ThreadPool::~ThreadPool() = default;

void ThreadPool::run(std::size_t tasks, FunctionRef<void(std::size_t)> task) {
  if (tasks <= 1 || workers_->count() == 0 || current_pool == workers_.get()) {
    for (std::size_t i = 0; i < tasks; ++i) task(i);
    return;
  }
  Job job(tasks, task);
  workers_->run(job);
  if (job.error) std::rethrow_exception(job.error);
}

std::size_t ThreadPool::concurrency() const noexcept {
  return workers_->count() + 1;
}

}  // namespace emptor
