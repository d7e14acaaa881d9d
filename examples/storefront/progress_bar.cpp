#include "progress_bar.hpp"

#include <unistd.h>

#include <cstdio>

#include "emptor/core/text.hpp"

namespace storefront {

ProgressBar::ProgressBar() : on_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  draw({});
}

emptor::Go ProgressBar::operator()(const emptor::ProgressStep& step) {
  constexpr std::size_t width = 30;
  if (step.total == 0) {
    show(step.what);
    return emptor::Go::on;
  }
  const std::size_t done = step.done < step.total ? step.done : step.total;
  const std::size_t full = width * done / step.total;
  draw(emptor::text(step.what, std::string(step.what.size() < 24 ? 24 - step.what.size() : 1, ' '),
                    '[', std::string(full, '='), std::string(width - full, ' '), "] ",
                    100 * done / step.total, '%'));
  return emptor::Go::on;
}

void ProgressBar::show(std::string_view what) {
  draw(emptor::text(what, " ..."));
}

void ProgressBar::draw(const std::string& line) {
  if (!on_terminal_ || line == drawn_) return;
  const std::string erased(drawn_.size() > line.size() ? drawn_.size() - line.size() : 0, ' ');
  std::fprintf(stderr, "\r%s%s%s", line.c_str(), erased.c_str(), line.empty() ? "\r" : "");
  std::fflush(stderr);
  drawn_ = line;
}

}  // namespace storefront
