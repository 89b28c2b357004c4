namespace AdvertiseX.Models;

/// <summary>A model cannot be loaded or run: its file is wrong, a check failed, or others change its table without
/// pause.</summary>
public sealed class ModelException(string message) : Exception(message);
