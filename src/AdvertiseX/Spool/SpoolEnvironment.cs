using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>What a spool needs and does not make itself.</summary>
/// <param name="Disk">Its folder; the spool disposes it.</param>
/// <param name="Options">Sizes and limits.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Notices">Takes what an operator wants to know, from several threads.</param>
internal sealed record SpoolEnvironment(
    ISpoolDisk Disk,
    SpoolOptions Options,
    TimeProvider Clock,
    Action<SpoolNotice> Notices
)
{
    public long MicrosNow() => EpochMicros.Now(Clock);

    public void Tell(SpoolNoticeKind kind, string text) => Notices(new SpoolNotice(kind, text));
}
