#pragma once

/// @file
/// What the columns of the public sets and of generated records are: field types alone.

#include <array>
#include <string>
#include <utility>

#include "emptor/identity/link_schema.hpp"
#include "emptor/table/records.hpp"

namespace emptor::test {

inline LinkSchema historical50k_schema() {
  return {.fields = {{"full_name", FieldType::full_name},
                     {"first_name", FieldType::given_name},
                     {"surname", FieldType::family_name},
                     {"dob", FieldType::birth_date},
                     {"birth_place", FieldType::birth_place},
                     {"postcode_fake", FieldType::postcode},
                     {"gender", FieldType::gender},
                     {"occupation", FieldType::text}}};
}

inline LinkSchema fake1000_schema() {
  return {.fields = {{"first_name", FieldType::given_name},
                     {"surname", FieldType::family_name},
                     {"dob", FieldType::birth_date},
                     {"city", FieldType::city},
                     {"email", FieldType::email}}};
}

inline LinkSchema febrl_schema() {
  return {.fields = {{"given_name", FieldType::given_name},
                     {"surname", FieldType::family_name},
                     {"street_number", FieldType::category},
                     {"address_1", FieldType::address},
                     {"address_2", FieldType::text},
                     {"suburb", FieldType::city},
                     {"postcode", FieldType::postcode},
                     {"state", FieldType::region},
                     {"date_of_birth", FieldType::birth_date},
                     {"soc_sec_id", FieldType::national_id}}};
}

inline LinkSchema senzing_schema() {
  return {.fields = {{"PRIMARY_NAME_FULL", FieldType::full_name},
                     {"PRIMARY_NAME_LAST", FieldType::family_name},
                     {"PRIMARY_NAME_FIRST", FieldType::given_name},
                     {"NATIVE_NAME_FULL", FieldType::full_name},
                     {"PRIMARY_NAME_ORG", FieldType::organisation},
                     {"EMPLOYER", FieldType::text},
                     {"GENDER", FieldType::gender},
                     {"DATE_OF_BIRTH", FieldType::birth_date},
                     {"PASSPORT_NUMBER", FieldType::national_id},
                     {"DRIVERS_LICENSE_NUMBER", FieldType::national_id},
                     {"SSN_NUMBER", FieldType::national_id},
                     {"NATIONAL_ID_NUMBER", FieldType::national_id},
                     {"EMAIL_ADDRESS", FieldType::email},
                     {"ADDR_FULL", FieldType::address},
                     {"ADDR_LINE1", FieldType::address},
                     {"ADDR_CITY", FieldType::city},
                     {"ADDR_STATE", FieldType::region},
                     {"ADDR_POSTAL_CODE", FieldType::postcode},
                     {"PHONE_NUMBER", FieldType::phone}},
          .country = "US"};
}

/// Of the columns of generated records that are there; the truth is in none of them.
inline LinkSchema generated_schema(const Records& records) {
  constexpr std::array<std::pair<const char*, FieldType>, 15> types{
      {{"given_name", FieldType::given_name},
       {"family_name", FieldType::family_name},
       {"full_name", FieldType::full_name},
       {"gender", FieldType::gender},
       {"birth_date", FieldType::birth_date},
       {"email", FieldType::email},
       {"phone", FieldType::phone},
       {"address", FieldType::address},
       {"city", FieldType::city},
       {"postcode", FieldType::postcode},
       {"country", FieldType::country},
       {"device", FieldType::device},
       {"openid", FieldType::account},
       {"unionid", FieldType::account},
       {"user_id", FieldType::account}}};
  LinkSchema schema;
  for (const auto& [column, type] : types) {
    if (records.find_column(column)) schema.fields.push_back({column, type});
  }
  return schema;
}

}  // namespace emptor::test
