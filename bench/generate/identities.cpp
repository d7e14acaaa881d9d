#include "identities.hpp"

#include <system_error>

#include "emptor/core/thread_pool.hpp"
#include "emptor/ingest/csv_writer.hpp"

namespace generate {

std::size_t write_identities(const emptor::IdentityGeneratorOptions& options,
                             const std::filesystem::path& folder) {
  emptor::ThreadPool pool;
  emptor::Context context;
  context.executor = &pool;
  const emptor::GeneratedIdentities made = emptor::generate_identities(options, context);
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    throw emptor::Exception(emptor::ErrorCode::io, "cannot make this folder: " + failure.message(),
                            folder.string());
  }
  emptor::CsvWriter file = emptor::CsvWriter::create((folder / "identities.csv").string()).value();
  for (const std::string& column : made.records.columns()) file.field(column);
  file.field("cluster").field("household").end_row();
  for (std::size_t i = 0; i < made.records.size(); ++i) {
    for (std::size_t c = 0; c < made.records.columns().size(); ++c) {
      file.field(made.records.value(emptor::id_at<emptor::Record>(i), c));
    }
    file.field(std::int64_t{made.person[i]}).field(std::int64_t{made.household[i]}).end_row();
  }
  file.close().value();
  return made.records.size();
}

}  // namespace generate
