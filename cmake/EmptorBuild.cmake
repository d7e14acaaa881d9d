# What only emptor's own build needs: warnings, sanitizers, ccache, optional build type default.

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  endif()
endif()

# A host that takes emptor in as a subdirectory has its own idea of warnings.
add_library(emptor_warnings INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(emptor_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                   $<$<BOOL:${EMPTOR_WERROR}>:-Werror>)
endif()

if(EMPTOR_SANITIZE)
  add_compile_options(-fsanitize=${EMPTOR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${EMPTOR_SANITIZE})
endif()
if(EMPTOR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
