#pragma once
// QR codes of referral links, as modules or as a picture for a page or a poster.
//
// The optional component `qr` (target emptor::qr), on Project Nayuki's QR Code generator
// (libqrcodegencpp); nothing else in emptor needs it. The smallest of the 40 versions that holds
// the text is taken, and the highest error correction that fits it for nothing. ISO/IEC 18004:2015,
// QR Code bar code symbology specification; it asks for four modules of quiet zone on each side.
//
// Cost: about a ms a code of a link's length, most of it the choice of the mask. Memory: a byte a
// module, at most 177 x 177. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

/// How much of a code may be unreadable: about 7, 15, 25, 30 %.
enum class QrCorrection : std::uint8_t { low, medium, quartile, high };

/// The modules of a QR code, without the quiet zone.
struct QrMatrix {
  std::size_t size = 0;               ///< modules a side: 17 + 4 version
  std::size_t version = 0;            ///< 1 to 40
  std::vector<std::uint8_t> modules;  ///< size x size, row after row, 1 where dark

  [[nodiscard]] bool dark(std::size_t row, std::size_t column) const noexcept {
    return modules[row * size + column] != 0;
  }
};

struct QrOptions {
  QrCorrection correction = QrCorrection::medium;  ///< at least
  std::size_t quiet_zone = 4;                      ///< light modules on each side, 4 to 100
  std::string title = {};                          ///< what a screen reader says; empty: none
  std::string dark = "#000000";                    ///< colours, # and six hexadecimal digits
  std::string light = "#ffffff";
};

/// The modules that say `text` (any bytes, at most 2,953; digits and capitals take less room).
/// Error: `overflow` for a text that no version holds.
[[nodiscard]] EMPTOR_API Result<QrMatrix> qr_matrix(std::string_view text,
                                                    QrCorrection correction = QrCorrection::medium);

/// The same as an SVG picture of one user unit a module, without scripts or references, that
/// scales to any size. Throws `invalid_option`; error as above.
[[nodiscard]] EMPTOR_API Result<std::string> qr_svg(std::string_view text,
                                                    const QrOptions& options = {});

}  // namespace emptor
