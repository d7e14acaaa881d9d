# The optional component emptor::unicode: Unicode's normal forms, on utf8proc. Nothing else links to it.

find_path(UTF8PROC_INCLUDE_DIR utf8proc.h)
find_library(UTF8PROC_LIBRARY utf8proc)
if(NOT UTF8PROC_INCLUDE_DIR OR NOT UTF8PROC_LIBRARY)
  message(
    FATAL_ERROR
      "emptor::unicode needs utf8proc, which was not found. On Debian:\n"
      "  sudo apt-get install libutf8proc-dev\n"
      "or everything at once:\n"
      "  sudo apt-get install --no-install-recommends $(cat ${PROJECT_SOURCE_DIR}/cmake/debian-packages.txt)\n"
      "or leave it out: -DEMPTOR_UNICODE=OFF\n")
endif()

add_library(emptor_unicode src/text/unicode/unicode.cpp)
add_library(emptor::unicode ALIAS emptor_unicode)
set_target_properties(
  emptor_unicode
  PROPERTIES EXPORT_NAME unicode
             CXX_VISIBILITY_PRESET hidden
             VISIBILITY_INLINES_HIDDEN ON
             CXX_EXTENSIONS OFF
             POSITION_INDEPENDENT_CODE ON
             VERSION ${PROJECT_VERSION}
             SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(emptor_unicode PUBLIC cxx_std_20)
target_include_directories(emptor_unicode PRIVATE include "${UTF8PROC_INCLUDE_DIR}")
target_link_libraries(
  emptor_unicode
  INTERFACE emptor_headers
  PRIVATE "${UTF8PROC_LIBRARY}" $<BUILD_INTERFACE:emptor_warnings>)
