# `cmake --install`: library, headers, command, component, CMake package, pkg-config file, texts.
if(NOT TARGET flowloom)
  return()
endif()
include(CMakePackageConfigHelpers)

install(TARGETS flowloom EXPORT flowloom
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/flowloom DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp")
if(TARGET flowloom_cli)
  install(TARGETS flowloom_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(flowloom_components)
  install(TARGETS ${flowloom_components} LIBRARY DESTINATION ${FLOWLOOM_COMPONENT_DIR})
  if(FLOWLOOM_ARROW_BUNDLE)
    install(FILES ${FLOWLOOM_ARROW_BUNDLE} DESTINATION ${FLOWLOOM_COMPONENT_DIR})
  endif()
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(EXISTS ${PROJECT_SOURCE_DIR}/docs)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR}
    FILES_MATCHING PATTERN "*.md")
endif()

# find_package(flowloom) -> flowloom::flowloom
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/flowloom)
install(EXPORT flowloom NAMESPACE flowloom:: FILE flowloomTargets.cmake DESTINATION ${package_dir})
list(JOIN FLOWLOOM_PKGCONFIG_DEPS " " pkgconfig_deps)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/flowloomConfig.cmake.in flowloomConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(flowloomConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/flowloomConfig.cmake ${PROJECT_BINARY_DIR}/flowloomConfigVersion.cmake
  DESTINATION ${package_dir})

# pkg-config. What a static library needs must be linked by everybody (Requires, Libs); a shared one brings
# it along by itself (.private, for --static).
if(BUILD_SHARED_LIBS)
  set(dependency_lines "Requires.private: ${pkgconfig_deps}\nLibs: -L\${libdir} -lflowloom")
else()
  set(dependency_lines "Requires: ${pkgconfig_deps}\nLibs: -L\${libdir} -lflowloom")
endif()
# The file's folder below the prefix decides the way back to it, so an install can be moved.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/flowloom.pc.in flowloom.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/flowloom.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
