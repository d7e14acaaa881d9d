#pragma once
// Short and pet forms of given names, and which full names they stand for: "bob" is "robert",
// "bert" may be "albert", "herbert", "hubert" or "robert". Names as normalise_name writes them
// (folded).
//
// Cost: a look-up is a hash probe or two, about 20 ns, without allocation. Thread safety: may be
// read by any number of threads while nobody adds.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

class EMPTOR_API Nicknames {
 public:
  /// Knows nothing.
  Nicknames() = default;
  /// English, German, Dutch, French, Spanish, Italian, Portuguese, Polish, Russian and Nordic
  /// forms.
  [[nodiscard]] static Nicknames standard();

  /// From now on `nickname` may stand for `name`. Both are folded first; words that are no word, or
  /// equal, are passed over.
  void add(std::string_view name, std::string_view nickname);

  /// Whether one person may bear both: equal names, or names with a full name in common ("bob" and
  /// "robbie", "bob" and "robert", not "albert" and "robert").
  [[nodiscard]] bool shares_name(std::string_view a, std::string_view b) const noexcept;

  /// For keys: itself if it is a full name or not known, else the first full name it was added for,
  /// which makes one group of "bob", "robbie" and "robert". Names that share a full name need
  /// not be in one group; full_names has all.
  [[nodiscard]] std::string_view nickname_group(std::string_view name) const noexcept;

  /// Numbers of the full names it may stand for, itself among them if it is one, ascending.
  [[nodiscard]] std::span<const std::uint32_t> full_names(std::string_view name) const noexcept;
  /// The full name of that number, below full_name_count().
  [[nodiscard]] std::string_view full_name(std::uint32_t number) const noexcept {
    return text(full_[number]);
  }
  [[nodiscard]] std::size_t full_name_count() const noexcept { return full_.size(); }

  /// Whether it is a full name or a short one.
  [[nodiscard]] bool known(std::string_view name) const noexcept { return find(name) != nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }

 private:
  struct Word {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    std::vector<std::uint32_t> full{};  // ascending
  };
  [[nodiscard]] std::string_view text(std::uint32_t word) const noexcept {
    return std::string_view(text_).substr(words_[word].offset, words_[word].length);
  }
  [[nodiscard]] const Word* find(std::string_view name) const noexcept;
  void add_folded(std::string_view name, std::string_view nickname);
  std::uint32_t put(std::string_view name);
  std::uint32_t full_number(std::uint32_t word);
  void rehash(std::size_t slots);

  std::string text_;
  std::vector<Word> words_;
  std::vector<std::uint32_t> full_;   // words that are full names
  std::vector<std::uint32_t> slots_;  // open addressing; word + 1, 0: free; a power of two
};

}  // namespace emptor
