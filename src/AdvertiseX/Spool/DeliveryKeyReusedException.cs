namespace AdvertiseX.Spool;

/// <summary>A key names another delivery already.</summary>
/// <param name="key">The key.</param>
internal sealed class DeliveryKeyReusedException(string key)
    : Exception($"the key \"{key}\" came before with another body");
