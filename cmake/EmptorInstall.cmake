# Install rules, package files for CMake and pkg-config, and the .deb.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/emptor")
set(instances_dir "${CMAKE_INSTALL_DATADIR}/emptor/instances")

install(
  TARGETS emptor_headers emptor
  EXPORT emptor-targets
  FILE_SET HEADERS
  FILE_SET headers_of_sources)
install(
  DIRECTORY include/emptor
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING
  PATTERN "*.ipp")
install(
  DIRECTORY src/instances/
  DESTINATION "${instances_dir}"
  FILES_MATCHING
  PATTERN "*.cpp")
install(EXPORT emptor-targets NAMESPACE emptor:: DESTINATION "${package_dir}")
if(TARGET emptor_unicode)
  install(TARGETS emptor_unicode EXPORT emptor-unicode-targets)
  install(EXPORT emptor-unicode-targets NAMESPACE emptor:: DESTINATION "${package_dir}")
endif()
if(TARGET emptor_qr)
  install(TARGETS emptor_qr EXPORT emptor-qr-targets)
  install(EXPORT emptor-qr-targets NAMESPACE emptor:: DESTINATION "${package_dir}")
endif()
if(TARGET emptor_sqlite)
  install(TARGETS emptor_sqlite EXPORT emptor-sqlite-targets)
  install(EXPORT emptor-sqlite-targets NAMESPACE emptor:: DESTINATION "${package_dir}")
endif()

configure_package_config_file(
  cmake/emptor-config.cmake.in emptor-config.cmake
  INSTALL_DESTINATION "${package_dir}"
  PATH_VARS instances_dir)
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(emptor-config-version.cmake COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH pc_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/.")
configure_file(cmake/emptor.pc.in emptor.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/emptor-config.cmake" "${PROJECT_BINARY_DIR}/emptor-config-version.cmake"
              cmake/emptor_instances.cmake DESTINATION "${package_dir}")
install(FILES "${PROJECT_BINARY_DIR}/emptor.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" RENAME copyright)

if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME libemptor-dev)
  set(CPACK_PACKAGE_VENDOR "emptor contributors")
  set(CPACK_PACKAGE_CONTACT "emptor contributors <emptor@localhost>")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_STRIP_FILES OFF)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libeigen3-dev (>= 3.4), libroaring-dev, libstdc++-12-dev | libstdc++-dev")
  set(suggested "")
  if(TARGET emptor_unicode)
    list(APPEND suggested libutf8proc-dev)
  endif()
  if(TARGET emptor_qr)
    list(APPEND suggested libqrcodegencpp-dev)
  endif()
  if(TARGET emptor_sqlite)
    list(APPEND suggested libsqlite3-dev)
  endif()
  list(JOIN suggested ", " CPACK_DEBIAN_PACKAGE_SUGGESTS)
  include(CPack)
endif()
