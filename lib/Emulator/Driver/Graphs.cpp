// Entry points about capturing streams and launching graphs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Driver.h"

#include <algorithm>

using namespace sinter::emulator;
using namespace sinter::emulator::driver;

SINTER_DRIVER_API cuStreamBeginCapture_v2(CUstream stream, int) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.streams.count(stream)) // the default stream cannot be captured
      return reinterpret_cast<uintptr_t>(stream) <= 2 ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED
                                                      : CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture)
      return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    stream->capture = std::make_shared<Capture>();
    stream->capture->origin = stream;
    stream->captured.clear();
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuStreamIsCapturing(CUstream handle, int *status) {
  return guarded(Needs::Context, [&](Driver &) {
    CUstream stream = resolve(handle);
    if (!stream)
      return CUDA_ERROR_INVALID_HANDLE;
    *status = !stream->capture ? 0 : stream->capture->isInvalid ? 2 : 1;
    return CUDA_SUCCESS;
  });
}

/// Nodes that `from` comes after, however far back.
static std::vector<bool> ancestors(const Capture &capture, const std::vector<size_t> &from) {
  std::vector<bool> found(capture.nodes.size());
  std::vector<size_t> open = from;
  while (!open.empty()) {
    size_t node = open.back();
    open.pop_back();
    if (found[node])
      continue;
    found[node] = true;
    const auto &after = capture.nodes[node].after;
    open.insert(open.end(), after.begin(), after.end());
  }
  return found;
}

/// Streams that joined have to be waited for by the first one.
static bool isJoined(const Driver &driver, const Capture &capture) {
  std::vector<bool> known = ancestors(capture, capture.origin->captured);
  for (CUstream stream : driver.streams)
    if (stream != capture.origin && stream->capture.get() == &capture)
      for (size_t node : stream->captured)
        if (!known[node])
          return false;
  return true;
}

SINTER_DRIVER_API cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.streams.count(stream))
      return CUDA_ERROR_INVALID_HANDLE;
    if (!stream->capture || stream->capture->origin != stream)
      return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
    std::shared_ptr<Capture> capture = stream->capture;
    bool joined = isJoined(driver, *capture);
    for (CUstream other : driver.streams)
      if (other->capture == capture) {
        other->capture = nullptr;
        other->captured.clear();
      }
    if (capture->isInvalid)
      return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    if (!joined)
      return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
    *graph = new CUgraph_st{capture->nodes};
    driver.graphs.insert(*graph);
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.graphs.count(graph))
      return CUDA_ERROR_INVALID_HANDLE;
    *executable = new CUgraphExec_st{graph->nodes};
    driver.executables.insert(*executable);
    return CUDA_SUCCESS;
  });
}

/// Any order that the nodes' dependencies allow: as captured, or drawn from the seed.
static void runNodes(Driver &driver, const std::vector<GraphNode> &nodes) {
  std::vector<size_t> waitsFor(nodes.size());
  std::vector<std::vector<size_t>> followers(nodes.size());
  std::vector<size_t> ready;
  for (size_t i = 0; i < nodes.size(); ++i) {
    waitsFor[i] = nodes[i].after.size();
    for (size_t before : nodes[i].after)
      followers[before].push_back(i);
    if (!waitsFor[i])
      ready.push_back(i);
  }
  bool isRandom = driver.properties.options.async == AsyncMode::Random;
  while (!ready.empty()) {
    auto chosen = isRandom ? ready.begin() + static_cast<long>(driver.random() % ready.size())
                           : std::min_element(ready.begin(), ready.end());
    size_t node = *chosen;
    ready.erase(chosen);
    nodes[node].run();
    for (size_t follower : followers[node])
      if (--waitsFor[follower] == 0)
        ready.push_back(follower);
  }
}

SINTER_DRIVER_API cuGraphLaunch(CUgraphExec executable, CUstream handle) {
  return guarded(Needs::Context, [&](Driver &driver) {
    CUstream stream = resolve(handle);
    if (!driver.executables.count(executable) || !stream)
      return CUDA_ERROR_INVALID_HANDLE;
    auto nodes = std::make_shared<std::vector<GraphNode>>(executable->nodes);
    return driver.enqueue(stream, [&driver, nodes] { runNodes(driver, *nodes); });
  });
}

SINTER_DRIVER_API cuGraphDestroy(CUgraph graph) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.graphs.erase(graph))
      return CUDA_ERROR_INVALID_HANDLE;
    delete graph;
    return CUDA_SUCCESS;
  });
}

SINTER_DRIVER_API cuGraphExecDestroy(CUgraphExec executable) {
  return guarded(Needs::Context, [&](Driver &driver) {
    if (!driver.executables.erase(executable))
      return CUDA_ERROR_INVALID_HANDLE;
    delete executable;
    return CUDA_SUCCESS;
  });
}
