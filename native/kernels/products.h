// The products of the rows of a chunk with signed rows, several rows at a time where there are enough.
#pragma once

#include <cstddef>

#include "row_lanes.h"
#include "signed_rows.h"

namespace {

// How many of the rows from r on, which is the first of kRowsTogether, are made a lane each; 0: none.
inline size_t rows_in_lanes(const ChunkScratch& work, size_t r) {
  const size_t left = work.rows - r;
  if (F32::row_registers == 0 || left < F32::lanes_from) return 0;
  return left < kRowsTogether ? left : kRowsTogether;
}

// Makes what classes take of all rows of the chunk.
[[gnu::noinline]] void make_all_entries(const ChunkScratch& work) {
  for (size_t r = 0; r < work.rows; r += kRowsTogether) {
    const size_t count = rows_in_lanes(work, r);
    if constexpr (F32::row_registers > 0) {
      if (count > F32::width) {
        make_lane_entries<F32::row_registers>(work, r);
      } else if (count > 0) {
        make_lane_entries<1>(work, r);
      }
    }
    if (count > 0) continue;
    for (size_t alone = r; alone < work.rows && alone < r + kRowsTogether; alone++) make_entries(work, alone);
  }
}

template <template <size_t> class FieldOf>
inline void make_products_of_lanes(const SignedRows& rows, const Segment& segment, size_t count,
                                   const RowsOfProducts& of) {
  if constexpr (F32::row_registers > 0) {
    if (count > F32::width) return products_of_lanes<FieldOf, F32::row_registers>(rows, segment, of);
    products_of_lanes<FieldOf, 1>(rows, segment, of);
  }
}

// Makes the products of a row, and of those beside it if there are enough, with the classes of a block, and
// returns where they are.
[[gnu::noinline]] const float* products_of_block(const ChunkScratch& work, const Row& row,
                                                 const Block& block) {
  const size_t r = static_cast<size_t>(&row - work.row);
  MadeProducts& made = work.made_products;
  if (made.block == &block && r >= made.from && r < made.to) return work.products_of(r);
  const SignedRows& rows = *work.head.signed_rows;
  const Segment& segment = block.segments[0];
  const size_t first = r / kRowsTogether * kRowsTogether;
  if (const size_t count = rows_in_lanes(work, first)) {
    const RowsOfProducts of{work.lane_entries_of(first), work.products_of(first), work.products_stride()};
    const auto make =
        is_narrow(rows) ? make_products_of_lanes<NarrowField> : make_products_of_lanes<WideField>;
    make(rows, segment, count, of);
    made = {&block, first, first + count};
  } else {
    const bool shared = r % F32::rows_sharing == 0 && work.rows - r >= F32::rows_sharing;
    const RowsOfProducts of{work.entries_of(r), work.products_of(r), work.products_stride()};
    const auto make = products_of_rows_for<F32>(rows);
    made = {&block, r, r + make(rows, segment, shared ? F32::rows_sharing : 1, of)};
  }
  return work.products_of(r);
}

}  // namespace
