namespace AdvertiseX.Framing.Json;

/// <summary>How the records of a JSON stream follow one another.</summary>
internal enum JsonLayout
{
    /// <summary>One object a line (NDJSON, JSON Lines).</summary>
    Lines,

    /// <summary>Objects in one array, or one after the other, over as many lines as they like.</summary>
    Objects,
}
