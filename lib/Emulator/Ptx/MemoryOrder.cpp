// How do orderings of memory accesses change what warps know? See MemoryOrder.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "MemoryOrder.h"

namespace sinter::emulator {

Order takeOrder(Decoder &decoder, Order otherwise) {
  static const std::pair<const char *, Order> orders[] = {
      {"weak", Order::Weak},       {"volatile", Order::Relaxed}, {"relaxed", Order::Relaxed},
      {"acquire", Order::Acquire}, {"release", Order::Release},  {"acq_rel", Order::AcquireRelease}};
  for (const auto &[name, order] : orders)
    if (decoder.take(name)) {
      decoder.ignore({"cta", "cluster", "gpu", "sys"});
      return order;
    }
  decoder.ignore({"cta", "cluster", "gpu", "sys"});
  return otherwise;
}

Space takeSpaceOf(Decoder &decoder) {
  static const std::pair<const char *, Space> spaces[] = {
      {"global", Space::Global},      {"shared", Space::Shared},
      {"shared::cta", Space::Shared}, {"shared::cluster", Space::SharedCluster},
      {"local", Space::Local},        {"const", Space::Const},
      {"param", Space::Param},        {"param::entry", Space::Param},
      {"param::func", Space::Param}};
  for (const auto &[name, space] : spaces)
    if (decoder.take(name))
      return space;
  return Space::Generic;
}

void noteAccess(Decoder &decoder, Space space, unsigned bytes, Order order) {
  Program &program = decoder.program;
  bool generic = space == Space::Generic;
  if (space == Space::Shared || space == Space::SharedCluster || generic)
    program.sharedGranule = std::min(program.sharedGranule, bytes);
  if (space != Space::Global && !generic)
    return;
  program.globalGranule = std::min(program.globalGranule, bytes);
  if (order != Order::Weak)
    decoder.decoded().synchronizesBlocks = true;
}

void orderRead(Warp &warp, const uint8_t *address, Order order) {
  auto &locations = warp.block.cluster.locations;
  auto found = locations.find(reinterpret_cast<uint64_t>(address));
  if (found == locations.end())
    return;
  if (order == Order::Acquire || order == Order::AcquireRelease)
    warp.acquire(found->second);
  else
    warp.pendingAcquire.join(found->second);
}

void orderWrite(Warp &warp, const uint8_t *address, Order order) {
  Knowledge &location = warp.block.cluster.locations[reinterpret_cast<uint64_t>(address)];
  if (order == Order::Release || order == Order::AcquireRelease)
    warp.release(location);
  else
    location.join(warp.fencedKnowledge);
}

void memoryFence(Warp &warp) {
  warp.acquire(warp.pendingAcquire);
  warp.pendingAcquire.clear();
  warp.fencedKnowledge.clear();
  warp.release(warp.fencedKnowledge);
}

} // namespace sinter::emulator
