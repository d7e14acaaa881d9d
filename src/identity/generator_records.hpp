#pragma once
// How a made-up person's records look: which channel asks for what and how it writes it, and what
// goes wrong. Thread safety: one writer a thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "identity/generator_people.hpp"

namespace emptor::detail::generator {

enum class Field : std::uint8_t {
  record_key,
  source,
  time,
  full_name,
  given_name,
  family_name,
  gender,
  birth_date,
  email,
  phone,
  address,
  city,
  postcode,
  country,
  device,
  openid,
  unionid,
  user_id,
};
inline constexpr std::size_t field_count = 18;
inline constexpr std::string_view field_names[field_count] = {
    "record_key", "source",     "time",   "full_name", "given_name", "family_name",
    "gender",     "birth_date", "email",  "phone",     "address",    "city",
    "postcode",   "country",    "device", "openid",    "unionid",    "user_id"};

/// Records of a block of people, their values one after another.
struct BlockRows {
  struct Row {
    std::uint32_t begin;  ///< of its values in `bytes`
    std::uint32_t person;
    std::uint32_t household;
    IdentityChannel channel;
    std::uint16_t marks;
    std::int64_t time;
    std::array<std::uint8_t, field_count> sizes;
  };
  std::string bytes;
  std::vector<Row> rows;
};

class RecordWriter {
 public:
  RecordWriter(const IdentityGeneratorOptions& options, const GeneratorWords& words);

  /// Appends all records of the person, in the order of time.
  void write(const Person& person, std::uint32_t number, BlockRows& out);

 private:
  [[nodiscard]] std::string& field(Field which) noexcept {
    return fields_[static_cast<std::size_t>(which)];
  }
  void write_record(std::int64_t time, std::uint64_t key);
  [[nodiscard]] bool asked(double share);
  void write_name();
  void write_western_name(bool one_field);
  void write_chinese_name(bool one_field);
  void write_birth();
  void write_email();
  void write_phone();
  void write_address(double street, double town);
  void write_chinese_address(const GeneratedAddress& home, double street, double town);
  void write_ids();
  void add_junk();
  void add_typos();

  const IdentityGeneratorOptions* options_;
  const GeneratorWords* words_;
  double log_more_;  ///< of the chance that a person has one more record
  // The record at work.
  RandomStream random_{0};
  const Person* person_ = nullptr;
  std::uint32_t number_ = 0;
  IdentityChannel channel_{};
  std::int64_t time_ = 0;
  std::uint16_t marks_ = 0;
  std::array<std::string, field_count> fields_;
  std::vector<std::int64_t> times_;
  std::string scratch_;
};

}  // namespace emptor::detail::generator
