# What `cmake --install` puts where: headers, the package for find_package, the file for pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/deepseek)

install(DIRECTORY include/deepseek DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.cuh")
install(TARGETS deepseek EXPORT deepseek)
install(EXPORT deepseek NAMESPACE deepseek:: FILE deepseek-targets.cmake DESTINATION ${package_dir})

configure_package_config_file(
  cmake/deepseek-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/deepseek-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/deepseek-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/deepseek-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/deepseek-config-version.cmake DESTINATION ${package_dir})

configure_file(cmake/deepseek.pc.in ${CMAKE_CURRENT_BINARY_DIR}/deepseek.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/deepseek.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
