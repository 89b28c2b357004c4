using AdvertiseX.Events;

namespace AdvertiseX.Generation;

/// <summary>What is wrong with a line.</summary>
internal enum DirtKind : byte
{
    None,
    ExactDuplicate,
    Conflicting,
    Late,
    Broken,
    MissingField,
    BadTime,
    Future,
    OutOfRange,
    BadType,
    UnknownKind,
}

/// <summary>Draws the dirt of each line from a stream of numbers of its own, so that the clean events stay the
/// same.</summary>
internal sealed class DirtDraw
{
    private const int Scale = 100_000_000;
    private readonly DeterministicRandom _random;
    private readonly int[] _limits;

    public DirtDraw(DirtRates rates, ulong seed)
    {
        _random = new DeterministicRandom(seed);
        double[] inOrder =
        [
            rates.ExactDuplicate,
            rates.ConflictingDuplicate,
            rates.Late,
            rates.Broken,
            rates.MissingField,
            rates.BadTime,
            rates.Future,
            rates.OutOfRange,
            rates.BadType,
            rates.UnknownKind,
        ];
        _limits = new int[inOrder.Length];
        var sum = 0;
        for (var i = 0; i < inOrder.Length; i++)
            _limits[i] = sum += (int)(inOrder[i] * Scale);
    }

    /// <summary>Why a line with this dirt is rejected; null when it is not.</summary>
    public static RejectReason? ReasonOf(DirtKind dirt) =>
        dirt switch
        {
            DirtKind.Broken => RejectReason.Unparseable,
            DirtKind.MissingField => RejectReason.MissingRequiredField,
            DirtKind.BadTime => RejectReason.BadTime,
            DirtKind.Future => RejectReason.FromTheFuture,
            DirtKind.OutOfRange => RejectReason.OutOfRange,
            DirtKind.BadType => RejectReason.BadType,
            DirtKind.UnknownKind => RejectReason.UnknownKind,
            _ => null,
        };

    public DirtKind Next()
    {
        var draw = _random.Below(Scale);
        if (draw >= _limits[^1])
            return DirtKind.None;
        var index = 0;
        while (draw >= _limits[index])
            index++;
        return (DirtKind)(index + 1);
    }
}
