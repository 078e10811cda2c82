// SPDX-License-Identifier: ISC
#include "deliver/store.h"

#include <array>

#include "io/file.h"

namespace deliver {
namespace {

/// Everything that `input` gives.
base::Status copy(int input, Placement& placement)
{
    std::array<char, 65536> buffer;
    for (;;) {
        const auto n = io::read(input, buffer);
        if (!n)
            return n.error();
        if (*n == 0)
            return base::Done{};
        if (auto done = placement.write({buffer.data(), *n}); !done)
            return done;
    }
}

base::Error writer_died()
{
    return {base::Errc::Gone, "the process that started us died: the message may be "
                              "incomplete"};
}

} // namespace

base::Status store(int input, Placement& placement, const Parent& writer)
{
    if (auto done = copy(input, placement); !done)
        return done;
    if (writer.has_died())
        return writer_died();
    if (auto done = placement.end(); !done)
        return done;
    if (auto done = placement.prepare(); !done)
        return done;
    // Once more: a process that dies closes its pipe first and hands its children
    // over to another parent later, and the sync was time enough for that.
    if (writer.has_died())
        return writer_died();

    begin_publishing();
    if (auto done = placement.publish(); !done)
        return done;
    placement.sync();
    end_publishing();
    placement.conclude();
    return base::Done{};
}

} // namespace deliver
