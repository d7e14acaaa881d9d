#pragma once
// The known customers or items of a shop: their keys and what is known of each as text ("country",
// "name", "category"), dictionary-coded: 4 bytes a customer and column, each distinct text once.
// Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/table/keys.hpp"

namespace emptor {

/// One distinct text of a column.
enum class TextCode : std::uint32_t {};

/// A text or nothing for each id. Ids never set read as nothing.
template <DenseId Id>
class TextColumn {
 public:
  [[nodiscard]] std::optional<std::string_view> at(Id id) const {
    const TextCode code = code_at(id);
    return code == no_id<TextCode> ? std::nullopt : std::optional{texts_.key(code)};
  }
  /// The code of the text, or `no_id<TextCode>`: equal codes are equal texts.
  [[nodiscard]] TextCode code_at(Id id) const noexcept {
    return index(id) < codes_.size() ? codes_[index(id)] : no_id<TextCode>;
  }
  /// The distinct texts.
  [[nodiscard]] const Keys<TextCode>& texts() const noexcept { return texts_; }

  void set(Id id, std::string_view text) {
    if (index(id) >= codes_.size()) codes_.resize(index(id) + 1, no_id<TextCode>);
    codes_[index(id)] = texts_.add(text);
  }

 private:
  Keys<TextCode> texts_;
  std::vector<TextCode> codes_;
};

template <DenseId Id>
class Entities {
 public:
  /// The id of `key`, new or known. Amortised O(key length).
  Id add(std::string_view key) { return keys_.add(key); }
  [[nodiscard]] std::optional<Id> find(std::string_view key) const { return keys_.find(key); }
  [[nodiscard]] std::string_view key(Id id) const { return keys_.key(id); }
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  [[nodiscard]] const Keys<Id>& keys() const noexcept { return keys_; }

  /// The column of this name, made empty if it is new; the reference holds until a column is added.
  [[nodiscard]] TextColumn<Id>& column(std::string_view name) {
    for (auto& [known, column] : columns_) {
      if (known == name) return column;
    }
    return columns_.emplace_back(std::string(name), TextColumn<Id>{}).second;
  }
  /// The column of this name, or null.
  [[nodiscard]] const TextColumn<Id>* find_column(std::string_view name) const noexcept {
    for (const auto& [known, column] : columns_) {
      if (known == name) return &column;
    }
    return nullptr;
  }
  /// What column `name` says of `id`, else its key: a label for people.
  [[nodiscard]] std::string_view label(Id id, std::string_view name = "name") const {
    const TextColumn<Id>* column = find_column(name);
    return column == nullptr ? key(id) : column->at(id).value_or(key(id));
  }

 private:
  Keys<Id> keys_;
  std::vector<std::pair<std::string, TextColumn<Id>>> columns_;
};

using Customers = Entities<Customer>;
using Items = Entities<Item>;

}  // namespace emptor
