# emptor_need(<package> [<version>] DEBIAN <package name> [COMPONENTS ...])
#
# find_package that stops with the line that installs what is missing.
macro(emptor_need package)
  cmake_parse_arguments(need "" "DEBIAN" "COMPONENTS" ${ARGN})
  find_package(${package} ${need_UNPARSED_ARGUMENTS} QUIET COMPONENTS ${need_COMPONENTS})
  if(NOT ${package}_FOUND)
    message(
      FATAL_ERROR
        "emptor needs ${package} ${need_UNPARSED_ARGUMENTS}, which was not found. On Debian:\n"
        "  sudo apt-get install ${need_DEBIAN}\n"
        "or everything at once:\n"
        "  sudo apt-get install --no-install-recommends $(cat ${PROJECT_SOURCE_DIR}/cmake/debian-packages.txt)\n")
  endif()
endmacro()
