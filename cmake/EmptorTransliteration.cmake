# The table of readings and simplified forms (src/text/transliterate.cpp), made from the Unihan database when the library
# is built. Called after the target emptor is defined.

# emptor_find_unihan(<variable> <file>): its full path, packed or not.
function(emptor_find_unihan variable file)
  find_file(${variable} NAMES ${file} ${file}.bz2 PATHS /usr/share/unicode /usr/share/unicode/ucd
            DOC "${file} of the Unihan database, or ${file}.bz2")
  if(NOT ${variable})
    message(
      FATAL_ERROR
        "emptor needs ${file} of the Unihan database, which was not found. On Debian:\n"
        "  sudo apt-get install unicode-data bzip2\n"
        "or everything at once:\n"
        "  sudo apt-get install --no-install-recommends $(cat ${PROJECT_SOURCE_DIR}/cmake/debian-packages.txt)\n"
        "Elsewhere: -D${variable}=<path of ${file}>\n")
  endif()
endfunction()

emptor_find_unihan(EMPTOR_UNIHAN_READINGS Unihan_Readings.txt)
emptor_find_unihan(EMPTOR_UNIHAN_VARIANTS Unihan_Variants.txt)

set(translit_dir "${PROJECT_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${translit_dir}")
set(translit_plain "")
foreach(file IN LISTS EMPTOR_UNIHAN_READINGS EMPTOR_UNIHAN_VARIANTS)
  if(file MATCHES "\\.bz2$")
    find_program(BZIP2 bzip2)
    if(NOT BZIP2)
      message(FATAL_ERROR "emptor needs bzip2 to read ${file}. On Debian:\n  sudo apt-get install bzip2\n")
    endif()
    cmake_path(GET file STEM LAST_ONLY plain)
    set(plain "${translit_dir}/${plain}")
    add_custom_command(
      OUTPUT "${plain}"
      COMMAND "${BZIP2}" -dc "${file}" > "${plain}"
      DEPENDS "${file}"
      COMMENT "Unpacking ${file}"
      VERBATIM)
    list(APPEND translit_plain "${plain}")
  else()
    list(APPEND translit_plain "${file}")
  endif()
endforeach()

add_executable(emptor_make_translit_table tools/make_translit_table.cpp)
target_include_directories(emptor_make_translit_table PRIVATE include)
target_compile_features(emptor_make_translit_table PRIVATE cxx_std_20)
target_link_libraries(emptor_make_translit_table PRIVATE emptor_warnings)
add_custom_command(
  OUTPUT "${translit_dir}/translit_table.inc"
  COMMAND emptor_make_translit_table ${translit_plain} "${translit_dir}/translit_table.inc"
  DEPENDS ${translit_plain}
  COMMENT "Making the table of readings"
  VERBATIM)
add_custom_target(emptor_translit_table DEPENDS "${translit_dir}/translit_table.inc")
add_dependencies(emptor emptor_translit_table)
target_include_directories(emptor PRIVATE "${translit_dir}")
