// How does what a GPU does become constants of the artifact?
//
// The device code itself is compiled later: its images are declared here, `<model>_device_image_<number>`.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "ArtifactEmitter.h"

using namespace mlir;

namespace sinter {

static std::string imageTable(ArtifactEmitter &emitter, ArrayRef<DeviceProgram::Image> images) {
  SmallVector<std::string> names, data;
  for (auto [i, image] : llvm::enumerate(images)) {
    names.push_back(emitter.string(image.architecture));
    data.push_back(emitter.declare("device_image_" + std::to_string(i)));
  }
  return emitter.array("device_images", images.size(), [&](size_t i) {
    return emitter.structure({emitter.address(names[i]), emitter.i32(images[i].capability),
                              emitter.i32(images[i].exact), emitter.i32(images[i].kind), emitter.i32(0),
                              emitter.address(data[i])});
  });
}

static std::string placeTable(ArtifactEmitter &emitter, ArrayRef<sinter_device_place> places) {
  return emitter.array("device_places", places.size(), [&](size_t i) {
    return emitter.structure(
        {emitter.i32(places[i].space), emitter.i32(places[i].index), emitter.i64(places[i].offset)});
  });
}

static std::string constantTable(ArtifactEmitter &emitter, ArrayRef<DeviceProgram::Constant> constants) {
  return emitter.array("device_constants", constants.size(), [&](size_t i) {
    return emitter.structure({emitter.address(emitter.prefixed(constants[i].symbol)), emitter.i64(constants[i].bytes)});
  });
}

static std::string mapTable(ArtifactEmitter &emitter, ArrayRef<sinter_device_map> maps) {
  return emitter.array("device_maps", maps.size(), [&](size_t i) {
    const sinter_device_map &map = maps[i];
    SmallVector<Value> fields{emitter.i32(map.place), emitter.i32(map.element), emitter.i32(map.rank), emitter.i32(0)};
    for (ArrayRef<uint64_t> numbers : {ArrayRef(map.per_row), ArrayRef(map.fixed), ArrayRef(map.strides)})
      for (uint64_t number : numbers)
        fields.push_back(emitter.i64(number));
    for (uint32_t extent : map.box)
      fields.push_back(emitter.i32(extent));
    fields.push_back(emitter.i32(0));
    return emitter.structure(fields);
  });
}

/// Appends the places and maps of all commands to `places` and `maps`.
static std::string commandTable(ArtifactEmitter &emitter, StringRef name, ArrayRef<DeviceProgram::Command> commands,
                                SmallVector<sinter_device_place> &places, std::vector<sinter_device_map> &maps) {
  SmallVector<std::string> kernels;
  SmallVector<size_t> firstPlaces, firstMaps;
  for (const DeviceProgram::Command &command : commands) {
    kernels.push_back(command.kernel.empty() ? "" : emitter.string(command.kernel));
    firstPlaces.push_back(places.size());
    llvm::append_range(places, command.places);
    firstMaps.push_back(maps.size());
    maps.insert(maps.end(), command.maps.begin(), command.maps.end());
  }
  return emitter.array(name, commands.size(), [&](size_t i) {
    const DeviceProgram::Command &command = commands[i];
    return emitter.structure(
        {emitter.addressOrNull(kernels[i]), emitter.i32(firstPlaces[i]), emitter.i32(command.places.size()),
         emitter.i32(command.threads), emitter.i32(command.usesWorkspace), emitter.i64(command.perRow),
         emitter.i64(command.fixed), emitter.i64(command.divisor), emitter.i64(command.factor),
         emitter.i32(command.kernelRow), emitter.i32(command.architecture), emitter.i32(command.sharedBytes),
         emitter.i32(firstMaps[i]), emitter.i32(command.maps.size()), emitter.i32(0)});
  });
}

std::string ArtifactEmitter::deviceProgram(const DeviceProgram &program) {
  if (program.steps.empty())
    return "";
  SmallVector<sinter_device_place> places;
  std::vector<sinter_device_map> maps;
  SmallVector<std::string> commands;
  for (auto [i, step] : llvm::enumerate(program.steps))
    commands.push_back(commandTable(*this, "device_commands_" + std::to_string(i), step, places, maps));
  std::string images = imageTable(*this, program.images), placeRows = placeTable(*this, places),
              constants = constantTable(*this, program.constants), mapRows = mapTable(*this, maps);
  return array("device_program", 1, [&](size_t) {
    SmallVector<Value> fields{addressOrNull(images),         addressOrNull(placeRows),   addressOrNull(constants),
                              addressOrNull(mapRows),        i32(program.images.size()), i32(places.size()),
                              i32(program.constants.size()), i32(maps.size()),           i64(program.workspaceBytes)};
    for (auto [step, symbol] : llvm::zip_equal(program.steps, commands))
      fields.push_back(structure({addressOrNull(symbol), i64(step.size())}));
    return structure(fields);
  });
}

} // namespace sinter
