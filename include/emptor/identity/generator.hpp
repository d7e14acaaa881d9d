#pragma once
// Made-up records of made-up people, with the truth: no public set has names, e-mails, phones,
// devices and households together. People live in households (couples, parents and children,
// twins, flatmates), meet a company through five channels that ask for different fields and write
// them in their own ways, and change: they move, marry, take new e-mails and numbers, and numbers
// are given to others. Words come from embedded lists by Zipf-like frequency, rare ones from
// syllables; nobody in it exists.
//
// Time: about 1.5 µs a record on one thread, parallel by 256 people. Memory: twice the records
// while it runs. The same options give the same bits for any number of threads. Part of the
// compiled library. Thread safety: a pure function.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

struct IdentityGeneratorOptions {
  std::uint64_t seed = 1;
  std::size_t persons = 10000;      ///< at most 2^31
  double records_per_person = 2.5;  ///< mean of 1 + a geometric number; [1, 50]
  double chinese = 0.3;             ///< share of households; the others are of US, GB, DE, FR
  std::size_t days = 1095;          ///< span of the records' times, from 2022-01-01 on; [1, 36500]

  // Chances, all in [0, 1] but the two of sharing.
  double typos = 0.15;             ///< a record has a typo in a typed value (one in five, in two)
  double missing = 0.2;            ///< a field that the channel asks for is left empty; one way to
                                   ///< reach the person stays
  double junk = 0.03;              ///< a record has a placeholder as e-mail, phone or birth date
  double nicknames = 0.12;         ///< a record has a short form, of Western given names with one
  double swapped_names = 0.02;     ///< family name in the given name's place
  double swapped_dates = 0.02;     ///< day and month exchanged, of dates where that can be
  double shared_phones = 0.1;      ///< a person gives the household's phone; [0, 0.75]
  double shared_devices = 0.05;    ///< a person uses the household's device; [0, 0.75]
  double recycled_numbers = 0.02;  ///< a person's number was a stranger's before
  double changed_phones = 0.05;    ///< a person takes another number
  double changed_emails = 0.1;     ///< a person takes another e-mail
  double moves = 0.1;              ///< a household moves; half of it: one alone moves out
  double marriages = 0.02;         ///< a Western adult takes another family name
  double accounts = 0.4;           ///< a person has an account, whose `user_id` web and app show

  bool by_time = true;  ///< records in the order of time, as they arrive; else person by person,
                        ///< and then fewer persons give a front part of the records of more
};

enum class IdentityChannel : std::uint8_t { web, app, shop, social, call };

/// "web", "app", "shop", "social", "call": the column `source`.
[[nodiscard]] constexpr std::string_view name(IdentityChannel channel) noexcept {
  constexpr std::string_view names[] = {"web", "app", "shop", "social", "call"};
  return names[static_cast<std::size_t>(channel)];
}

/// What happened to a record, as bits of `GeneratedIdentities::marks`.
enum IdentityMark : std::uint16_t {
  mark_typo = 1,
  mark_missing = 2,  ///< at least one field that the channel asks for is empty
  mark_junk = 4,     ///< a placeholder
  mark_nickname = 8,
  mark_swapped_name = 16,
  mark_swapped_date = 32,
  mark_shared_phone = 64,    ///< its phone is the household's
  mark_shared_device = 128,  ///< its device is the household's
  mark_recycled = 256,       ///< its phone was, or is now, a stranger's
  mark_changed_phone = 512,  ///< after the person's change of number
  mark_changed_email = 1024,
  mark_moved = 2048,
  mark_married = 4096,
  mark_pinyin = 8192,  ///< a Chinese name in Latin letters
};

struct GeneratedIdentities {
  /// record_key, source, time, full_name (app, social) or given_name and family_name (the others),
  /// gender, birth_date, email, phone, address, city, postcode, country, device, openid, unionid,
  /// user_id. Nothing of the truth can be read from record_key.
  Records records;
  // Of each record:
  std::vector<std::uint32_t> person;     ///< the truth, < persons
  std::vector<std::uint32_t> household;  ///< the number of the household's first person
  std::vector<IdentityChannel> channel;
  std::vector<Time> time;
  std::vector<std::uint16_t> marks;
};

/// Throws `invalid_option`; `overflow` when more records come than ids there are.
[[nodiscard]] EMPTOR_API GeneratedIdentities
generate_identities(const IdentityGeneratorOptions& options = {}, const Context& context = {});

}  // namespace emptor
