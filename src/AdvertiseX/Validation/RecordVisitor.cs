using AdvertiseX.Records;

namespace AdvertiseX.Validation;

/// <summary>Sees one record's place and bytes, valid during the call.</summary>
internal delegate void RecordVisitor(in RecordBytes at);
