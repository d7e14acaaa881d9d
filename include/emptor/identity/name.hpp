#pragma once
// Names of people, taken apart: "Clifford, Sir Thomas (Tom), 1st Baron Clifford of Chudleigh" is
// given "thomas", family "clifford", further names "tom" and "chudleigh", title "sir 1st baron".
//
// Folding: lower case, no accents; an apostrophe inside a name falls away (O'Brien is "obrien"), a
// hyphen sets words apart (Jean-Pierre is "jean pierre"), and particles stay with the family name
// ("van der berg"). Order: "Given Family" and "Family, Given"; Chinese and Korean names, Japanese
// names in two words, and Latin names that are pinyin throughout with a Chinese family name in
// front have the family name first. Han characters are simplified; Han, Cyrillic, Greek, Arabic and
// Khmer names have a Latin form as well (pinyin; letters in the manner of BGN/PCGN 1947, ISO 843
// and UNGEGN; "a" for all short vowels that Arabic leaves out), so that 王伟 meets "Wang Wei" and
// "Wei Wang". Rules of thumb, no dictionary of family names: whoever has
// separate columns says so by `part`.
//
// Cost: linear, some 150 ns for an ASCII name; nothing is allocated once the strings of `out` have
// their room. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/nicknames.hpp"
#include "emptor/identity/placeholder.hpp"

namespace emptor {

/// What a raw text holds.
enum class NamePart : std::uint8_t {
  full,    ///< a whole name
  given,   ///< given names: "Mary Ann"
  family,  ///< a family name: "van der Berg", "Smith Jr."
};

enum class NameRole : std::uint8_t {
  given,   ///< the first given name (of Chinese names: all of it)
  middle,  ///< further given names and initials
  family,  ///< the family name, with its particles
  extra,   ///< further names: of a noble title, in brackets, in a second script
  title,   ///< "dr", "sir", "1st", "baron"
  suffix,  ///< "jr", "iii", "phd"
  link,    ///< "of", "the", "and"; and what says a family name once more
};

struct NameToken {
  std::string_view text;
  NameRole role = NameRole::given;
};

namespace detail {
class NameSplitter;
class NameParser;
}  // namespace detail

/// The words of a name in the order of the text, each with its role.
class NameTokens {
 public:
  class Iterator {
   public:
    using value_type = NameToken;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const NameTokens* tokens, std::size_t at) noexcept : tokens_(tokens), at_(at) {}
    [[nodiscard]] NameToken operator*() const noexcept { return (*tokens_)[at_]; }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept {
      Iterator before = *this;
      ++at_;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const NameTokens* tokens_ = nullptr;
    std::size_t at_ = 0;
  };

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// The view holds until the tokens change.
  [[nodiscard]] NameToken operator[](std::size_t i) const noexcept {
    return {text(i), entries_[i].role};
  }
  [[nodiscard]] Iterator begin() const noexcept { return {this, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {this, size()}; }

 private:
  friend class detail::NameSplitter;
  friend class detail::NameParser;
  friend struct PersonName;
  struct Entry {
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
    NameRole role = NameRole::given;
    std::uint8_t marks = 0;   // what stood around it
    std::uint16_t words = 0;  // what kind of word it is
  };
  [[nodiscard]] std::string_view text(std::size_t i) const noexcept {
    return std::string_view(text_).substr(entries_[i].offset, entries_[i].length);
  }

  std::string text_;
  std::vector<Entry> entries_;
};

/// Several words of one part are set apart by a blank; empty: none found.
struct PersonName {
  std::string given;         ///< "thomas", "伟"
  std::string middle;        ///< "j", "marie louise"
  std::string family;        ///< "clifford", "van der berg", "王"
  std::string extra;         ///< "tom chudleigh"
  std::string title;         ///< "sir 1st baron"
  std::string suffix;        ///< "jr"
  std::string initials;      ///< first letters of the given and middle names: "tj"
  std::string latin_given;   ///< of Han, Cyrillic, Greek, Arabic, Khmer names: "wei"; else empty
  std::string latin_family;  ///< "wang"
  NameTokens tokens;

  /// In Latin letters where there is such a form, else as it is.
  [[nodiscard]] std::string_view given_key() const noexcept {
    return latin_given.empty() ? given : latin_given;
  }
  [[nodiscard]] std::string_view family_key() const noexcept {
    return latin_family.empty() ? family : latin_family;
  }
  EMPTOR_API void clear() noexcept;
};

struct NameOptions {
  NamePart part = NamePart::full;
  bool family_first = false;  ///< names of several Latin words begin with the family name (Hungary)
  bool simplify_han = true;   ///< traditional characters become simplified ones
  /// Given names, to tell "Eddie Russell, Bedford" from "Garcia Lopez, Maria" and "Sir Henry" from
  /// "Sir Bonham"; null: what stands behind a comma, or behind "sir" alone, is a given name.
  const Nicknames* nicknames = nullptr;
  const Placeholders* placeholders = nullptr;  ///< null: the standard ones
};

/// Malformed: no letter at all, an @, titles alone, or more than 24 words.
EMPTOR_API FieldState normalise_name(std::string_view raw, PersonName& out,
                                     const NameOptions& options = {});

/// Given and family name from two columns into one name. The state is the better one of the two.
EMPTOR_API FieldState normalise_name(std::string_view given, std::string_view family,
                                     PersonName& out, const NameOptions& options = {});

/// Whether two given names may be the same where one is cut to its first letter: "j" and "john".
[[nodiscard]] EMPTOR_API bool initial_fits(std::string_view a, std::string_view b) noexcept;

}  // namespace emptor
