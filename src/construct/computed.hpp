// Which values of a packet that was taken apart build() would fill in itself.
#pragma once

#include <vector>

#include "construct/layer.hpp"
#include "construct/layer_writer.hpp"
#include "construct/taken_apart.hpp"

namespace flowloom::construct {

/// Marks the layer's own: numbers, lengths, counts. `header` is as it was captured.
void mark_computed(Layer& layer, const Around& around, Bytes header);

/// Marks the checksums of all layers.
void mark_checksums(const Reader& reader, std::vector<Layer>& layers);

}  // namespace flowloom::construct
