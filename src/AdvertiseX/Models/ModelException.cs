namespace AdvertiseX.Models;

/// <summary>A model cannot be loaded or run: its file is wrong, a check failed, or others change its table without
/// pause.</summary>
public sealed class ModelException(string message) : Exception(message)
{
    /// <summary>Whether a check does not hold for the rows that the model gave.</summary>
    internal bool IsBrokenCheck { get; init; }
}
