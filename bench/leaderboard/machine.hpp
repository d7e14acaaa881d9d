#pragma once

/// @file
/// What a computation takes of the machine: time and memory of this process.

#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <limits>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace leaderboard {

/// CPU seconds of all threads; differences are what counts.
[[nodiscard]] inline double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

[[nodiscard]] inline double wall_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

/// Time of both kinds since it was made.
class Stopwatch {
 public:
  [[nodiscard]] double cpu() const { return cpu_seconds() - cpu_; }
  [[nodiscard]] double wall() const { return wall_seconds() - wall_; }

 private:
  double cpu_ = cpu_seconds();
  double wall_ = wall_seconds();
};

/// The most memory that was resident since it was made, above what was before; NaN where the system
/// does not tell (Linux does, in /proc).
class PeakMemory {
 public:
  PeakMemory() {
#if defined(__GLIBC__)
    malloc_trim(0);  // or the last model's memory, already free, would be taken for its successor's
#endif
    std::FILE* const file = std::fopen("/proc/self/clear_refs", "w");
    const bool reset = file != nullptr && std::fputs("5", file) >= 0;
    if (file != nullptr && std::fclose(file) == 0 && reset) before_ = bytes("VmRSS:");
  }
  [[nodiscard]] double above() const { return bytes("VmHWM:") - before_; }

 private:
  static double bytes(const char* name) {
    double found = std::numeric_limits<double>::quiet_NaN();
    std::FILE* const file = std::fopen("/proc/self/status", "r");
    if (file == nullptr) return found;
    char line[256];
    while (std::fgets(line, sizeof line, file) != nullptr) {
      if (std::strncmp(line, name, std::strlen(name)) != 0) continue;
      double kilobytes = 0;
      if (std::sscanf(line + std::strlen(name), "%lf", &kilobytes) == 1) found = 1024 * kilobytes;
    }
    std::fclose(file);
    return found;
  }

  double before_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace leaderboard
