namespace AdvertiseX.Contracts;

/// <summary>A contract that cannot be used; the message names the file or contract, the key, its value and what is
/// allowed.</summary>
public sealed class ContractException(string message) : Exception(message);
