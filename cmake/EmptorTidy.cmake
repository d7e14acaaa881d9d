# Target `tidy`: clang-tidy over the sources of the library and over every public header. Minutes, so not a test.
find_program(CLANG_TIDY NAMES clang-tidy-16)
find_program(RUN_CLANG_TIDY NAMES run-clang-tidy-16)
if(CLANG_TIDY AND RUN_CLANG_TIDY)
  add_custom_target(
    tidy
    COMMAND "${RUN_CLANG_TIDY}" -quiet -clang-tidy-binary "${CLANG_TIDY}" -p "${PROJECT_BINARY_DIR}"
            "${PROJECT_SOURCE_DIR}/src/|verify_interface_header_sets"
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    USES_TERMINAL VERBATIM)
endif()
