#pragma once
// Bytes to and from files, whole: what `save()` gave goes to disk, what `load()` wants comes back.
// Part of the compiled library. Thread safety: functions may run at once, also on one path.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

/// Writes all of `bytes` to `path`, or leaves what was there: a new file beside it is written,
/// synchronised to disk and then renamed over it, keeping the old file's permissions. A symbolic
/// link is followed. A device or pipe is written in place. Errors (`io`): a directory, no right to
/// write, a full disk, … with the system's reason; nothing is left behind.
[[nodiscard]] EMPTOR_API Result<void> write_file(const std::string& path,
                                                 std::span<const std::byte> bytes);

/// The whole content of a regular file of at most `max_bytes`. Errors: `not_found`; `io` for a
/// directory, a device, or what the system refuses; `overflow` for a file that is too large.
[[nodiscard]] EMPTOR_API Result<std::vector<std::byte>> read_file(
    const std::string& path, std::uint64_t max_bytes = std::uint64_t{1} << 40);

}  // namespace emptor
