#pragma once
// Which word of a name plays which role. Internal.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/identity/name.hpp"

namespace emptor::detail {

class NameParser {
 public:
  static constexpr std::size_t most_words = 24;  // those behind are further names

  NameParser(PersonName& name, const NameOptions& options) noexcept
      : name_(name), options_(options), entries_(name.tokens.entries_) {}

  void parse_full();
  /// The words from `first` to before `last` stand in a column of given or of family names.
  void parse_given(std::size_t first, std::size_t last);
  void parse_family(std::size_t first, std::size_t last);
  /// Strings and Latin forms from the roles.
  void compose();

 private:
  using Entry = NameTokens::Entry;
  // Words one after another, by their numbers.
  struct Words {
    std::array<std::uint8_t, most_words> at;
    std::size_t first = 0;
    std::size_t last = 0;
    [[nodiscard]] std::size_t size() const noexcept { return last - first; }
    void add(std::size_t word) noexcept { at[last++] = static_cast<std::uint8_t>(word); }
  };

  [[nodiscard]] Entry& entry(const Words& words, std::size_t i) noexcept {
    return entries_[words.at[i]];
  }
  [[nodiscard]] bool is(const Words& words, std::size_t i, unsigned kinds) const noexcept {
    return (entries_[words.at[i]].words & kinds) != 0;
  }
  [[nodiscard]] std::string_view text(const Words& words, std::size_t i) const noexcept {
    return name_.tokens.text(words.at[i]);
  }
  void set(const Words& words, std::size_t from, std::size_t to, NameRole role) noexcept {
    for (std::size_t i = from; i < to; ++i) entry(words, i).role = role;
  }

  // Names in scripts without spaces (name_east.cpp).
  bool parse_east();
  bool split_east(std::size_t word);
  void split_word(std::size_t word, std::size_t bytes);
  void take_honorific(std::size_t word);

  [[nodiscard]] Words words_of(std::size_t first, std::size_t last);
  void take_titles(Words& words, bool family);
  void take_suffixes(Words& words);
  void take_title_phrase(Words& words, std::size_t from);
  [[nodiscard]] bool begins_phrase(const Words& words, std::size_t i) const noexcept;
  [[nodiscard]] bool is_affixes(const Words& words) const noexcept;
  [[nodiscard]] bool is_plain_order(const Words& main, const Words& behind) const noexcept;
  [[nodiscard]] bool is_title_phrase(const Words& words, const Words& main) const noexcept;
  [[nodiscard]] std::size_t family_start(const Words& words) const noexcept;
  [[nodiscard]] bool order_pinyin(const Words& words);
  [[nodiscard]] bool all_pinyin(const Words& words) const noexcept;
  void order_plain(const Words& words);
  void parse_main(Words& words);
  void parse_behind_comma(Words& words, bool chinese);
  void take_family(Words& words);
  void family_from_extra();
  void append_role(NameRole role, std::string& to, std::size_t first, std::size_t last) const;
  void append_initial(std::string_view word);
  static void latin(std::string_view from, unsigned scripts, bool surname, std::string& to);

  PersonName& name_;
  const NameOptions& options_;
  std::vector<Entry>& entries_;
  bool titled_ = false;
  bool royal_ = false;       // "king": a given name follows
  bool ordinal_ = false;     // "5th …"
  bool for_family_ = false;  // "mr": what follows alone is a family name
};

/// Cyrillic and Greek letters as Latin ones, other letters as they are; nothing where there are
/// only others.
void append_latin(std::string_view folded, std::string& out);

/// Of Russian, Ukrainian and Belarusian names: "павлович", "ивановна".
[[nodiscard]] bool is_patronymic(std::string_view folded) noexcept;

}  // namespace emptor::detail
