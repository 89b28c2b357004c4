namespace AdvertiseX.Server;

/// <summary>A setting of a server is not allowed; the message names key, value and what is allowed, in one
/// line.</summary>
/// <param name="message">One line.</param>
internal sealed class BadSettingException(string message) : Exception(message);
