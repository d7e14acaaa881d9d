#pragma once
// The files of what customers say, read and studied.

#include <filesystem>
#include <optional>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "leads.hpp"
#include "opinions.hpp"
#include "voices_file.hpp"

namespace storefront {

/// Empty paths: no such file.
struct VoicePaths {
  std::filesystem::path surveys, reviews, cases, leads, lead_events;
};

/// Each none without its file.
struct Voices {
  std::optional<Satisfaction> satisfaction;
  std::optional<Reviews> reviews;
  std::optional<ReviewFile> review_file;  ///< of `reviews`
  std::optional<CaseFile> cases;
  std::optional<Leads> leads;
};

/// Reads what there is; rows that cannot be read go to quarantine files in the folder `out`.
[[nodiscard]] emptor::Result<Voices> study_voices(const VoicePaths& paths,
                                                  const VoiceCustomer& customer_of,
                                                  const std::filesystem::path& out,
                                                  const emptor::Context& context);

}  // namespace storefront
