show([
{"task":5,"name":"text","state":"labelled","note":"its asset is no picture: text"},
{"task":6,"name":"talk","state":"labelled","note":"its asset is no picture: conversation"},
{"task":7,"name":"horn","state":"labelled","note":"its asset is no picture: audio"},
{"task":8,"name":"bill","state":"labelled","note":"its asset is no picture: document"},
{"task":9,"name":"page","state":"labelled","note":"its asset is no picture: html"},
{"task":10,"name":"map","state":"labelled","note":"its asset is no picture: geo"}
]);
