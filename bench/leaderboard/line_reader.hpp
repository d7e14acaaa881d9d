#pragma once

/// @file
/// A text file line by line, with errors that name file and line and say what would be right.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"

namespace leaderboard {

class LineReader {
 public:
  /// `right` says how a line should look; it ends every error.
  LineReader(const std::filesystem::path& file, std::string right)
      : name_(file.string()), right_(std::move(right)), in_(file, std::ios::binary) {
    if (std::filesystem::is_directory(file) || !in_) {
      throw emptor::Exception(emptor::ErrorCode::io, "cannot read this file", name_);
    }
  }

  /// The next line that is not blank, without its end; false after the last.
  bool next() {
    while (std::getline(in_, line_)) {
      ++number_;
      if (!line_.empty() && line_.back() == '\r') line_.pop_back();
      at_ = 0;
      if (line_.find_first_not_of(" \t") != std::string::npos) return true;
    }
    return false;
  }

  /// The next field of the line, fields being parted by any run of `separators`; false when there
  /// is none left.
  bool field(std::string_view separators, std::string_view& out) {
    const std::string_view line = line_;
    at_ = std::min(line.find_first_not_of(separators, at_), line.size());
    if (at_ == line.size()) return false;
    const std::size_t end = std::min(line.find_first_of(separators, at_), line.size());
    out = line.substr(at_, end - at_);
    at_ = end;
    return true;
  }
  /// The next field as a number; the line must have it.
  template <class Number>
  Number number(std::string_view separators, std::string_view what) {
    std::string_view word;
    if (!field(separators, word)) fail(emptor::text("there is no ", what));
    Number value{};
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failure != std::errc{} || end != word.data() + word.size()) {
      fail(emptor::text("'", word.substr(0, 40), "' is no ", what));
    }
    return value;
  }
  /// Are there further fields?
  [[nodiscard]] bool more(std::string_view separators) const {
    return line_.find_first_not_of(separators, at_) != std::string::npos;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw emptor::Exception(emptor::ErrorCode::invalid_value,
                            emptor::text(what, "; a line is ", right_),
                            emptor::text(name_, ":", number_));
  }

 private:
  std::string name_;
  std::string right_;
  std::ifstream in_;
  std::string line_;
  std::size_t at_ = 0;
  std::size_t number_ = 0;
};

}  // namespace leaderboard
