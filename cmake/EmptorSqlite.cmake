# The optional component emptor::sqlite: ledgers in SQLite databases. Nothing else links to it.

find_path(SQLITE3_INCLUDE_DIR sqlite3.h)
find_library(SQLITE3_LIBRARY sqlite3)
if(NOT SQLITE3_INCLUDE_DIR OR NOT SQLITE3_LIBRARY)
  message(
    FATAL_ERROR
      "emptor::sqlite needs libsqlite3, which was not found. On Debian:\n"
      "  sudo apt-get install libsqlite3-dev\n"
      "or everything at once:\n"
      "  sudo apt-get install --no-install-recommends $(cat ${PROJECT_SOURCE_DIR}/cmake/debian-packages.txt)\n"
      "or leave it out: -DEMPTOR_SQLITE=OFF\n")
endif()

add_library(emptor_sqlite src/reward/sqlite/sqlite_ledger.cpp)
add_library(emptor::sqlite ALIAS emptor_sqlite)
set_target_properties(
  emptor_sqlite
  PROPERTIES EXPORT_NAME sqlite
             CXX_VISIBILITY_PRESET hidden
             VISIBILITY_INLINES_HIDDEN ON
             CXX_EXTENSIONS OFF
             POSITION_INDEPENDENT_CODE ON
             VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(emptor_sqlite PUBLIC cxx_std_20)
target_include_directories(emptor_sqlite PRIVATE src "${SQLITE3_INCLUDE_DIR}")
target_link_libraries(
  emptor_sqlite
  PUBLIC emptor
  PRIVATE "${SQLITE3_LIBRARY}" $<BUILD_INTERFACE:emptor_warnings>)
