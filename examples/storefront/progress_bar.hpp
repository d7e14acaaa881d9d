#pragma once
// Tells the person at the terminal what is being done: a bar on standard error while a step runs,
// nothing when standard error is a file or a pipe.

#include <cstddef>
#include <string>
#include <string_view>

#include "emptor/core/context.hpp"

namespace storefront {

class ProgressBar {
 public:
  ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// A progress callback for `emptor::Context`.
  emptor::Go operator()(const emptor::ProgressStep& step);

  /// Takes the bar off the terminal.
  void clear() { draw({}); }

  /// Shows a step that reports no progress of its own.
  void show(std::string_view what);

 private:
  void draw(const std::string& line);
  bool on_terminal_;
  std::string drawn_;
};

}  // namespace storefront
