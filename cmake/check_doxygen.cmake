# cmake -DDOXYGEN=<doxygen> -DDOXYFILE=<file> -DWARNINGS=<file that the Doxyfile names> -P check_doxygen.cmake
#
# Makes the API reference and fails if doxygen had anything to warn about.
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${DOXYGEN}" "${DOXYFILE}" COMMAND_ERROR_IS_FATAL ANY)
file(READ "${WARNINGS}" warnings)
if(warnings)
  message(FATAL_ERROR "doxygen warns:\n${warnings}")
endif()
