#include <algorithm>
#include <qrcodegen/qrcodegen.hpp>
#include <utility>

#include "emptor/referral/qr.hpp"

namespace emptor {
namespace {

using qrcodegen::QrCode;
using qrcodegen::QrSegment;

QrCode::Ecc level_of(QrCorrection correction) noexcept {
  switch (correction) {
    case QrCorrection::low:
      return QrCode::Ecc::LOW;
    case QrCorrection::medium:
      return QrCode::Ecc::MEDIUM;
    case QrCorrection::quartile:
      return QrCode::Ecc::QUARTILE;
    default:
      return QrCode::Ecc::HIGH;
  }
}

void require_colour(std::string_view option, std::string_view colour) {
  const bool holds =
      colour.size() == 7 && colour.front() == '#' &&
      std::all_of(colour.begin() + 1, colour.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      });
  require_option(holds, option, "# and six hexadecimal digits", colour);
}

/// Text as XML; bytes below a blank, which XML does not have, are left out.
void append_escaped(std::string& out, std::string_view content) {
  for (const char c : content) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      out += c;
    }
  }
}

}  // namespace

Result<QrMatrix> qr_matrix(std::string_view text, QrCorrection correction) {
  const std::string bytes(text);
  std::vector<QrSegment> segments;
  if (text.find('\0') == text.npos) {
    segments = QrSegment::makeSegments(bytes.c_str());
  } else {
    segments.push_back(QrSegment::makeBytes({bytes.begin(), bytes.end()}));
  }
  try {
    const QrCode code = QrCode::encodeSegments(segments, level_of(correction));
    QrMatrix out;
    out.size = static_cast<std::size_t>(code.getSize());
    out.version = static_cast<std::size_t>(code.getVersion());
    out.modules.reserve(out.size * out.size);
    for (int row = 0; row < code.getSize(); ++row) {
      for (int column = 0; column < code.getSize(); ++column) {
        out.modules.push_back(code.getModule(column, row) ? 1 : 0);
      }
    }
    return out;
  } catch (const std::length_error&) {
    return Error{ErrorCode::overflow,
                 emptor::text("a text of ", text.size(),
                              " bytes is too long for a QR code with this error correction"),
                 "qr_matrix"};
  }
}

Result<std::string> qr_svg(std::string_view text, const QrOptions& options) {
  require_option(options.quiet_zone >= 4 && options.quiet_zone <= 100, "quiet_zone", "in [4, 100]",
                 options.quiet_zone);
  require_colour("dark", options.dark);
  require_colour("light", options.light);
  const Result<QrMatrix> matrix = qr_matrix(text, options.correction);
  if (!matrix) return matrix.error();

  const std::size_t side = matrix->size + 2 * options.quiet_zone;
  std::string out = emptor::text("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", side,
                                 " ", side, "\" role=\"img\" shape-rendering=\"crispEdges\">");
  if (!options.title.empty()) {
    out += "<title>";
    append_escaped(out, options.title);
    out += "</title>";
  }
  out += emptor::text("<rect width=\"", side, "\" height=\"", side, "\" fill=\"", options.light,
                      "\"/><path fill=\"", options.dark, "\" d=\"");
  for (std::size_t row = 0; row < matrix->size; ++row) {
    for (std::size_t column = 0; column < matrix->size; ++column) {
      if (!matrix->dark(row, column)) continue;
      std::size_t end = column + 1;
      while (end < matrix->size && matrix->dark(row, end)) ++end;
      out += emptor::text("M", column + options.quiet_zone, " ", row + options.quiet_zone, "h",
                          end - column, "v1h-", end - column, "z");
      column = end;
    }
  }
  out += "\"/></svg>";
  return out;
}

}  // namespace emptor
