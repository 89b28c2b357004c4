namespace AdvertiseX.Messages;

/// <summary>Which message the records at hand are of.</summary>
internal sealed unsafe class MessageCursor
{
    /// <summary>Position of the message.</summary>
    public long Offset { get; private set; }

    /// <summary>Number of the next record in it.</summary>
    public int NextOrdinal { get; set; }

    /// <summary>The message, if its records are kept as the whole message; else null.</summary>
    public byte* Whole { get; private set; }

    public int WholeLength { get; private set; }

    public void Begin(long offset)
    {
        Offset = offset;
        NextOrdinal = 0;
        Whole = null;
    }

    /// <summary>Records of the message cannot be read again without the whole of it.</summary>
    public void KeepWhole(byte* message, int length)
    {
        Whole = message;
        WholeLength = length;
    }
}
